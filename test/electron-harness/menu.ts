type Click = (item: MenuItem, window: unknown, event: unknown) => void

interface Template {
  id?: string
  label?: string
  role?: string
  type?: string
  checked?: boolean
  accelerator?: string
  click?: Click
  submenu?: Template[]
}

class MenuItem {
  readonly id: string | undefined
  readonly label: string
  readonly role: string | undefined
  readonly type: string
  checked: boolean
  readonly submenu: Menu | null
  private readonly template: Template

  constructor(template: Template) {
    this.template = template
    this.id = template.id
    this.label = template.label ?? template.role ?? ''
    this.role = template.role
    this.type = template.type ?? (template.submenu ? 'submenu' : 'normal')
    this.checked = template.checked ?? false
    this.submenu = template.submenu ? Menu.buildFromTemplate(template.submenu) : null
  }

  /** As Electron's own: the event first, then the window that has the focus. */
  click(event?: unknown, window?: unknown): void {
    if (!this.template.click) throw new Error(`The Electron harness does not carry out the role ${this.role}.`)
    this.template.click(this, window, event)
  }
}

export class Menu {
  private static application: Menu | null = null
  readonly items: MenuItem[]

  private constructor(items: MenuItem[]) {
    this.items = items
  }

  static buildFromTemplate(template: Template[]): Menu {
    return new Menu(template.map((entry) => new MenuItem(entry)))
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.application = menu
  }

  static getApplicationMenu(): Menu | null {
    return Menu.application
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }
}
