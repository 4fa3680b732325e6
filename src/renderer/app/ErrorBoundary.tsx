import { Component, type ReactNode } from 'react'
import { ErrorNote } from '../components/ErrorNote.tsx'

interface State {
  readonly failed: boolean
  readonly error: unknown
}

/** Keeps a fault of one page to that page: the frame, and with it the way out, stays. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: false, error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { failed: true, error }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return <ErrorNote error={this.state.error} onRetry={() => this.setState({ failed: false, error: null })} />
  }
}
