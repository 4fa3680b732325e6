import '../shared/without-eval.ts'
import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import '@mantine/core/styles.css'
import 'uplot/dist/uPlot.min.css'
import './app/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Start } from './app/Start.tsx'
import { Themed } from './app/Themed.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id "root"')

createRoot(root).render(
  <StrictMode>
    <Themed>
      <Start />
    </Themed>
  </StrictMode>,
)
