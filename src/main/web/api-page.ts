import type { OpenAPI } from '@orpc/openapi'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')

/** Text of the contract, which marks names of fields as Markdown does. */
const prose = (text = ''): string => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  summary { cursor: pointer; padding: .2rem 0 }
  code, pre { font: 13px/1.5 ui-monospace, monospace }
  pre { overflow: auto; max-height: 30rem; padding: .75rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
  .method { display: inline-block; min-width: 3.2rem; font-weight: 600 }
`

/** The document as one page of plain HTML: no script, so that the strictest policy holds for it. */
export function apiPage({ info, servers, paths = {}, components = {} }: OpenAPI.Document, nonce: string): string {
  const base = servers?.[0]?.url ?? ''
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'post'] as const).flatMap((method) => {
      const operation = item?.[method]
      return operation === undefined ? [] : [{ method, path, operation }]
    }),
  )
  const areas = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? '')
  const sections = [...areas].map(
    ([area, calls]) => `<h2>${escape(area)}</h2>${calls.map((call) => callHtml(base, call)).join('')}`,
  )
  const schemas = Object.entries(components.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="${escape(name)}"><summary><code>${escape(name)}</code></summary>${pre(schema)}</details>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(info.title)} API</title>
<style nonce="${escape(nonce)}">${style}</style></head>
<body><main>
<h1>${escape(info.title)} API ${escape(info.version)}</h1>
<p>${prose(info.description)} The same as <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
${sections.join('\n')}
<h2>Schemas</h2>
${schemas.join('\n')}
</main></body>
</html>
`
}

interface Call {
  method: 'get' | 'post'
  path: string
  operation: OpenAPI.OperationObject
}

function callHtml(base: string, { method, path, operation }: Call): string {
  const prefix = (operation.servers?.[0]?.url ?? base).replace(/\/$/, '')
  const address = `<span class="method">${method.toUpperCase()}</span> ${escape(`${prefix}${path}`)}`
  const parts = [
    operation.description === undefined ? '' : `<p>${prose(operation.description)}</p>`,
    operation.requestBody === undefined ? '' : `<h3>Input</h3>${pre(schemasOf(operation.requestBody))}`,
    ...Object.entries(operation.responses ?? {})
      .filter(([status]) => status !== 'default')
      .map(([status, response]) => `<h3>Answer ${escape(status)}</h3>${pre(schemasOf(response))}`),
  ]
  return `<details><summary><code>${address}</code> ${prose(operation.summary)}</summary>${parts.join('')}</details>`
}

/** The schema of each type that a body may have; of most bodies there is one. */
function schemasOf(body: OpenAPI.RequestBodyObject | OpenAPI.ResponseObject | OpenAPI.ReferenceObject): unknown {
  if (!('content' in body) || body.content === undefined) return body
  const schemas = Object.entries(body.content).map(([type, { schema }]) => [type, schema] as const)
  const [only] = schemas
  return schemas.length === 1 && only?.[0] === 'application/json' ? only[1] : Object.fromEntries(schemas)
}

const pre = (value: unknown): string => `<pre tabindex="0">${escape(JSON.stringify(value, null, 2))}</pre>`
