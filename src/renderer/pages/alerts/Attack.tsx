/** Techniques of MITRE ATT&CK with the address of each as text: this screen opens no address by itself. */
export const Attack = ({ techniques }: { techniques: readonly string[] }) =>
  techniques.length === 0
    ? null
    : techniques.map((technique) => (
        <div key={technique}>
          <strong>{technique}</strong> <span className="gh-muted gh-mono">{addressOf(technique)}</span>
        </div>
      ))

/** T1110.001 is at techniques/T1110/001/. */
const addressOf = (technique: string) => `attack.mitre.org/techniques/${technique.toUpperCase().replace('.', '/')}/`
