import { EventEmitter } from 'node:events'
import { chromiumContext } from './browser.ts'
import { strict } from './strict.ts'

type Source = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  private source: Source = 'system'

  get themeSource(): Source {
    return this.source
  }

  /** Pages see it as prefers-color-scheme. */
  set themeSource(source: Source) {
    this.source = source
    const colorScheme = source === 'system' ? null : source
    for (const page of chromiumContext().pages()) void page.emulateMedia({ colorScheme })
  }
}

export const nativeTheme = strict('nativeTheme', new NativeTheme())
