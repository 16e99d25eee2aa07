import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  Switch as AriaSwitch,
  type ButtonProps,
  Dialog,
  Heading,
  Modal,
  ModalOverlay,
  ProgressBar,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components'
import { Icon, type IconName } from './icons.tsx'

type Tone = 'plain' | 'primary' | 'quiet' | 'danger'

export function Button({
  tone = 'plain',
  icon,
  hint,
  children,
  ...rest
}: Omit<ButtonProps, 'children' | 'className'> & { tone?: Tone; icon?: IconName; hint?: string; children: ReactNode }) {
  return (
    <AriaButton {...rest} className={`button button-${tone}`}>
      {icon === undefined ? null : <Icon name={icon} />}
      <span>{children}</span>
      {hint === undefined ? null : (
        <span className="hint" aria-hidden="true">
          {hint}
        </span>
      )}
    </AriaButton>
  )
}

/** A button that is only a picture; `name` is what it is called. */
export function IconButton({
  icon,
  name,
  ...rest
}: Omit<ButtonProps, 'children' | 'className' | 'aria-label'> & { icon: IconName; name: string }) {
  return (
    <AriaButton {...rest} aria-label={name} className="button button-icon">
      <Icon name={icon} />
    </AriaButton>
  )
}

export function Switch({ children, isSelected, onChange }: { children: ReactNode; isSelected: boolean; onChange: (on: boolean) => void }) {
  return (
    <AriaSwitch className="switch" isSelected={isSelected} onChange={onChange}>
      <span className="switch-track" aria-hidden="true">
        <span className="switch-thumb" />
      </span>
      {children}
    </AriaSwitch>
  )
}

export type Choice<K extends string> = { key: K; label: string; count?: number }

/** One of a few, always exactly one. */
export function Segments<K extends string>({
  name,
  choices,
  chosen,
  onChoose,
}: {
  name: string
  choices: readonly Choice<K>[]
  chosen: K
  onChoose: (key: K) => void
}) {
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label={name}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={(keys) => {
        const choice = choices.find(({ key }) => keys.has(key))
        if (choice !== undefined) onChoose(choice.key)
      }}
    >
      {choices.map(({ key, label, count }) => (
        <ToggleButton key={key} id={key} className="segment">
          {label}
          {count === undefined ? null : <span className="segment-count">{count.toLocaleString('en')}</span>}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}

export function Bar({ name, done, total }: { name: string; done: number; total: number }) {
  return (
    <ProgressBar
      aria-label={name}
      minValue={0}
      maxValue={Math.max(total, 1)}
      value={Math.min(done, Math.max(total, 1))}
      isIndeterminate={total === 0}
      className="bar"
    >
      {({ percentage }) => (
        <div className="bar-track">
          <div
            className={percentage === undefined ? 'bar-fill bar-waiting' : 'bar-fill'}
            style={percentage === undefined ? {} : { width: `${percentage}%` }}
          />
        </div>
      )}
    </ProgressBar>
  )
}

/** A modal dialog with a title and a way out. */
export function Window({
  title,
  isOpen,
  onClose,
  wide = false,
  isReading = false,
  children,
  footer,
}: {
  title: string
  isOpen: boolean
  onClose: () => void
  wide?: boolean
  /** Nothing in it takes the focus, so the text itself must, or it could not be scrolled by keyboard. */
  isReading?: boolean
  children: ReactNode
  footer?: ReactNode
}) {
  return (
    <ModalOverlay className="veil" isOpen={isOpen} isDismissable onOpenChange={(open) => (open ? undefined : onClose())}>
      <Modal className={wide ? 'modal modal-wide' : 'modal'}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <IconButton icon="cross" name="Close" onPress={onClose} />
          </header>
          <div className="dialog-body" {...(isReading ? { role: 'region', 'aria-label': title, tabIndex: 0 } : {})}>
            {children}
          </div>
          {footer === undefined ? null : <footer className="dialog-foot">{footer}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
