import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, SelectField } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { useTags } from '@/data/hooks'
import type { Tag } from '@/data/task'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { ColorField } from './color-field'
import { useTagChanges } from './tag-changes'

interface EditProps {
  /** Null to make one. */
  tag: Tag | null
  onClose: () => void
}

export function EditTag({ tag, onClose }: EditProps) {
  const t = useText()
  const { create, update } = useTagChanges()
  return (
    <Dialog title={tag === null ? t.views.newTag : t.views.editTag} onClose={onClose}>
      <Form
        submitLabel={t.app.save}
        beside={<Cancel onClose={onClose} />}
        onSend={async ({ name = '', color = '' }) => {
          await (tag === null ? create({ name, color }) : update(tag, { name, color }))
          onClose()
        }}
      >
        {(errors) => (
          <>
            <Field
              label={t.views.tagName}
              name="name"
              dir="auto"
              data-autofocus
              autoComplete="off"
              defaultValue={tag?.name}
              maxLength={50}
              required
              error={errors.name}
            />
            <ColorField initial={tag?.color} error={errors.color} />
          </>
        )}
      </Form>
    </Dialog>
  )
}

interface Props {
  tag: Tag
  /** How many open tasks carry it. */
  count: number
  onClose: () => void
}

export function MergeTag({ tag, count, onClose }: Props) {
  const t = useText()
  const { merge } = useTagChanges()
  const others = useTags().filter((one) => one.id !== tag.id)
  const [id, setId] = useState(others[0]?.id)
  const into = others.find((one) => one.id === id)
  return (
    <Dialog title={t.views.mergeTitle(tag.name)} onClose={onClose}>
      <Form
        submitLabel={t.views.merge}
        look="danger"
        beside={<Cancel onClose={onClose} />}
        onSend={async () => {
          if (into === undefined) return
          await merge(tag, into)
          toast(t.views.merged(tag.name, into.name))
          onClose()
        }}
      >
        {() => (
          <>
            <SelectField label={t.views.mergeInto} value={id} onChange={(event) => setId(event.target.value)}>
              {others.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </SelectField>
            {into && <p className="break-words">{t.views.mergeNote(count, tag.name, into.name)}</p>}
          </>
        )}
      </Form>
    </Dialog>
  )
}

export function DeleteTag({ tag, count, onClose }: Props) {
  const t = useText()
  const { remove } = useTagChanges()
  return (
    <Dialog title={t.views.deleteTagTitle(tag.name)} onClose={onClose}>
      <Form
        submitLabel={t.views.deleteTag}
        look="danger"
        beside={<Cancel onClose={onClose} />}
        onSend={async () => {
          await remove(tag)
          toast(t.views.tagDeleted(tag.name))
          onClose()
        }}
      >
        {() => (
          <p>
            {t.views.openTasks(count)}. {t.views.deleteTagNote}
          </p>
        )}
      </Form>
    </Dialog>
  )
}

function Cancel({ onClose }: { onClose: () => void }) {
  const t = useText()
  return (
    <Button look="quiet" onClick={onClose}>
      {t.app.cancel}
    </Button>
  )
}
