export { createAuditLogger, type AuditLogger, type AuditLoggerOptions, type ProducedEvent } from './audit-logger.ts'
