import { OpenAPIGenerator, type OpenAPI } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '../../shared/contract/index.ts'
import { errorCodes } from '../../shared/errors.ts'
import { Alert } from '../../shared/model/alert.ts'
import { AuditEvent } from '../../shared/model/event.ts'
import { AuditMetrics, ServiceHealth } from '../../shared/model/health.ts'
import { Session } from '../../shared/model/session.ts'
import { LiveStatus } from '../../shared/model/system.ts'
import { packageVersion } from '../resources.ts'

const errorSchema: OpenAPI.SchemaObject = {
  type: 'object',
  required: ['defined', 'code', 'status', 'message'],
  properties: {
    defined: { type: 'boolean' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    status: { type: 'integer' },
    message: { type: 'string', description: 'What happened, where, and what to do.' },
    data: { type: 'object', description: 'Facts beside the message: the setting, the position in the query.' },
  },
}

/** The contract as the web host serves it (api.ts, monitoring.ts), in OpenAPI 3.1. */
export async function openApiDocument(): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: {
      title: 'Gatehouse',
      version: packageVersion(),
      description:
        'The calls of the engine. Send the token that the web host printed, as "Authorization: Bearer", or be signed in.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token in the address that the web host printed.' },
        metricsToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'web.metricsToken: for metrics and health alone.',
        },
      },
      schemas: { Error: errorSchema },
      responses: {
        Error: {
          description: 'The call failed.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
    commonSchemas: Object.fromEntries(
      Object.entries({ Alert, AuditEvent, AuditMetrics, LiveStatus, ServiceHealth, Session }).map(([name, schema]) => [
        name,
        { schema, strategy: 'output' as const },
      ]),
    ),
  })
  for (const item of Object.values(document.paths ?? {})) {
    for (const operation of [item?.get, item?.post]) if (operation !== undefined) complete(operation)
  }
  asServed(document)
  return document
}

/** Any call may fail with any code of the closed set: that is said once, not for each status of each call. */
function complete(operation: OpenAPI.OperationObject): void {
  const [area = ''] = operation.operationId?.split('.') ?? []
  operation.tags = [area]
  operation.responses = {
    ...(operation.responses?.['200'] && { '200': operation.responses['200'] }),
    default: { $ref: '#/components/responses/Error' },
  }
}

/** What the web host does with monitoring and the contract does not know. */
function asServed({ paths = {} }: OpenAPI.Document): void {
  const security = [{ token: [] }, { metricsToken: [] }]
  const metrics = paths['/metrics']?.get
  if (metrics !== undefined) {
    const content = { 'text/plain': { schema: { type: 'string' as const } } }
    Object.assign(metrics, { servers: [{ url: '/' }], security })
    metrics.responses = { ...metrics.responses, '200': { description: 'Text format 0.0.4', content } }
  }
  const health = paths['/monitoring/health']?.get
  if (health !== undefined) {
    const answer = (description: string) => ({
      description,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ServiceHealth' } } },
    })
    Object.assign(health, { security })
    health.responses = { ...health.responses, '200': answer('It serves.'), '503': answer('It is unhealthy.') }
  }
  const auditMetrics = paths['/monitoring/audit-metrics']?.get
  if (auditMetrics !== undefined) Object.assign(auditMetrics, { security })
}
