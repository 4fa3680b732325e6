/**
 * Loaded before a program (`node --import`), it sets that program's wall clock apart from everybody else's, by
 * `clockShiftMs` of the EngineOptions in its first argument. Monotonic time and timers go on as they do on a machine
 * whose clock is wrong.
 */
const { clockShiftMs = 0 } = JSON.parse(process.argv[2] ?? '{}') as { clockShiftMs?: number }
const TrueDate = Date

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [TrueDate.now() + clockShiftMs] : args, newTarget) as Date,
  apply: () => new TrueDate(TrueDate.now() + clockShiftMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => TrueDate.now() + clockShiftMs : (Reflect.get(target, name, receiver) as unknown),
})
