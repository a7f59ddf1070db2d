import { Hash } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, INPUT, SelectField } from '@/components/ui/field'
import { useAttempt } from '@/components/ui/use-attempt'
import { useTagsById, useWorkspace } from '@/data/hooks'
import { PRIORITIES, type Priority } from '@/data/task'
import { TagsPopover } from '@/features/tasks/pickers'
import { TagChip } from '@/features/tasks/tag-chip'
import { toast } from '@/lib/toasts'
import { useText } from '@/text/pages'
import { changeSeries } from './changes'
import { ownOf, type Template, templateOf } from './difference'
import type { Series } from './queries'

/** What a series gives to its open and later tasks. */
export function TemplateDialog({ series, onClose }: { series: Series; onClose: () => void }) {
  const t = useText()
  const workspace = useWorkspace()
  const { run, wrong, isBusy } = useAttempt()
  const [template, setTemplate] = useState(() => templateOf(series))
  const set = (change: Partial<Template>) => setTemplate({ ...template, ...change })
  const save = async () => {
    const description = template.description?.trim() ? template.description.trim() : null
    const changed = ownOf({ ...template, title: template.title.trim(), description }, series)
    if (changed !== null) {
      await changeSeries(workspace, series.id, changed)
      toast(t.series.changed)
    }
    onClose()
  }
  return (
    <Dialog title={t.series.editTitle} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          run(save)
        }}
      >
        <Field
          label={t.details.title}
          required
          maxLength={255}
          dir="auto"
          value={template.title}
          onChange={(event) => set({ title: event.target.value })}
        />
        <DescriptionField
          text={template.description ?? ''}
          onChange={(description) => set({ description })}
        />
        <div className="grid grid-cols-2 gap-4">
          <SelectField
            label={t.details.priority}
            value={template.priority ?? ''}
            onChange={(event) => set({ priority: (event.target.value || null) as Priority | null })}
          >
            <option value="">{t.tasks.noPriority}</option>
            {PRIORITIES.toReversed().map((priority) => (
              <option key={priority} value={priority}>
                {t.tasks.priority[priority]}
              </option>
            ))}
          </SelectField>
          <Field
            type="time"
            label={t.series.time}
            value={template.due_time?.slice(0, 5) ?? ''}
            onChange={({ target: { value } }) => set({ due_time: value === '' ? null : `${value}:00` })}
          />
        </div>
        <TemplateTags chosen={template.tags} onChange={(tags) => set({ tags })} />
        <p className="text-sm text-muted">{t.series.scopeHint}</p>
        <Alert>{wrong.fault}</Alert>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t.app.cancel}</Button>
          <Button type="submit" look="primary" disabled={isBusy}>
            {t.app.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function DescriptionField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const t = useText()
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {t.details.description}
      </label>
      <textarea
        id={id}
        dir="auto"
        rows={4}
        maxLength={10_000}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        className={INPUT}
      />
    </div>
  )
}

function TemplateTags({ chosen, onChange }: { chosen: string[]; onChange: (tags: string[]) => void }) {
  const t = useText()
  const tags = useTagsById()
  return (
    <div className="flex flex-wrap items-center gap-3">
      <TagsPopover
        tags={chosen}
        onChange={onChange}
        trigger={{
          className:
            'inline-flex min-h-9 items-center gap-2 rounded-md border border-line bg-surface px-3.5 font-medium hover:bg-hover pointer-coarse:min-h-11',
          children: (
            <>
              <Hash size={16} aria-hidden />
              {t.app.tags}
            </>
          ),
        }}
      />
      {chosen
        .flatMap((id) => tags.get(id) ?? [])
        .map((tag) => (
          <TagChip key={tag.id} tag={tag} />
        ))}
    </div>
  )
}
