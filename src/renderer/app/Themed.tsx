import { MantineProvider } from '@mantine/core'
import { useEffect, useMemo, type ReactNode } from 'react'
import { palettes } from './palette.ts'
import { theme, variablesOf } from './theme.ts'
import { usePaletteName } from './use-palette.ts'

/** The host writes a fresh one into the page: styles without it are refused. */
const styleNonce = () => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

export function Themed({ children }: { children: ReactNode }) {
  const name = usePaletteName()
  const resolver = useMemo(() => variablesOf(name), [name])
  useEffect(() => {
    document.documentElement.dataset['palette'] = name
  }, [name])
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={palettes[name].scheme}
      cssVariablesResolver={resolver}
      getStyleNonce={styleNonce}
      deduplicateCssVariables={false}
    >
      {children}
    </MantineProvider>
  )
}
