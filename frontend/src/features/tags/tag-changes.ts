import { useMemo } from 'react'
import { useWorkspace } from '@/data/hooks'
import { pullTags } from '@/data/sync'
import type { Tag } from '@/data/task'
import { api, unwrap } from '@/lib/api'

interface TagFields {
  name: string
  color: string
}

/** Changes of tags, which need the server. They resolve when the replica shows them. */
export function useTagChanges() {
  const workspace = useWorkspace()
  return useMemo(() => {
    const params = (tag: Tag) => ({ params: { path: { tag_id: tag.id } } })
    const show = async () => {
      await pullTags(workspace.replica)
      void workspace.refresh()
    }
    return {
      create: async (body: TagFields) => {
        await unwrap(api.POST('/api/v1/tags', { body }))
        await show()
      },
      update: async (tag: Tag, body: TagFields) => {
        await unwrap(api.PATCH('/api/v1/tags/{tag_id}', { ...params(tag), body }))
        await show()
      },
      remove: async (tag: Tag) => {
        await unwrap(api.DELETE('/api/v1/tags/{tag_id}', params(tag)))
        await show()
      },
      merge: async (tag: Tag, into: Tag) => {
        await unwrap(api.POST('/api/v1/tags/{tag_id}/merge', { ...params(tag), body: { into: into.id } }))
        await workspace.refresh({ everything: true })
      },
    }
  }, [workspace])
}
