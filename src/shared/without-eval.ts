import { z } from 'zod'

/**
 * Imported before any schema is built: zod would else compile its parsers with `new Function`, which the content security
 * policy of the screen refuses (and reports, although zod swallows the refusal).
 */
z.config({ jitless: true })
