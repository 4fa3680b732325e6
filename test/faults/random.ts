/** Park and Miller's minimal standard generator: what a run chose can be had again from its seed. */
export function createRandom(fault: string): () => number {
  const seed = Number(process.env['GATEHOUSE_FAULT_SEED'] ?? (Date.now() % 2_147_483_646) + 1)
  console.log(`${fault}: GATEHOUSE_FAULT_SEED=${seed}`)
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
