import { afterAll } from 'vitest'
import { releaseAll } from './teardown.ts'

// Registered before the hooks of the test file, so it runs after them.
afterAll(releaseAll)
