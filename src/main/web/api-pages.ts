import type { ServerResponse } from 'node:http'
import type { OpenAPI } from '@orpc/openapi'
import { contentSecurityPolicy, createNonce } from '../page-policy.ts'
import { apiPage } from './api-page.ts'
import { openApiDocument } from './openapi.ts'

/** The description of the API: for programs, and the same as a page for people. Made when it is first asked for. */
export function createApiPages() {
  let document: Promise<OpenAPI.Document> | null = null
  const pages: Readonly<Record<string, (document: OpenAPI.Document, response: ServerResponse) => void>> = {
    '/api/openapi.json': (described, response) =>
      void response
        .writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
        .end(JSON.stringify(described)),
    '/api/docs': (described, response) => {
      const nonce = createNonce()
      response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce, "'none'"))
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
      response.end(apiPage(described, nonce))
    },
  }
  return {
    has: (pathname: string): boolean => Object.hasOwn(pages, pathname),
    async send(pathname: string, response: ServerResponse): Promise<void> {
      document ??= openApiDocument()
      pages[pathname]?.(await document, response)
    },
  }
}
