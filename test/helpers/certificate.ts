import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { createTempDir } from './temp.ts'

export interface Certificate {
  /** PEM files. */
  caFile: string
  certFile: string
  keyFile: string
}

/** Makes a certificate for a host name, signed by an authority of the test. */
export async function createCertificate(name: string): Promise<Certificate> {
  const dir = (await createTempDir()).path
  const openssl = (args: string) => execFileSync('openssl', args.split(' '), { cwd: dir, stdio: 'pipe' })
  const key = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
  const signed = `-CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE`
  openssl(`req ${key} -keyout ca.key -out ca.pem -subj /CN=Authority`)
  openssl(`req ${key} -keyout own.key -out own.pem -subj /CN=${name} -addext subjectAltName=DNS:${name} ${signed}`)
  return {
    caFile: path.join(dir, 'ca.pem'),
    certFile: path.join(dir, 'own.pem'),
    keyFile: path.join(dir, 'own.key'),
  }
}
