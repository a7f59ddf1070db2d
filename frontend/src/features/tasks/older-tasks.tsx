import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import type { TaskPages } from '@/data/task-pages'
import { useText } from '@/text/pages'

/** The end of a list: when it comes into sight, the next page is fetched. */
export function OlderTasks({ pages }: { pages: TaskPages }) {
  const t = useText()
  const end = useRef<HTMLDivElement>(null)
  const isInSight = useInSight(end)
  const { hasNextPage, isFetching, isError, fetchNextPage, refetch } = pages
  useEffect(() => {
    if (isInSight && hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [isInSight, hasNextPage, isFetching, isError, fetchNextPage])
  return (
    <div
      ref={end}
      role="status"
      className="flex min-h-12 items-center justify-center gap-3 p-4 text-sm text-muted"
    >
      {isError && (
        <>
          {t.views.olderFailed}
          <Button className="min-h-8" onClick={() => void (hasNextPage ? fetchNextPage() : refetch())}>
            {t.app.retry}
          </Button>
        </>
      )}
      {isFetching && !isError && t.app.loading}
    </div>
  )
}

const AHEAD = '600px'

function useInSight(element: React.RefObject<HTMLElement | null>): boolean {
  const [isInSight, setInSight] = useState(false)
  useEffect(() => {
    if (element.current === null) return
    const observer = new IntersectionObserver(
      (entries) => setInSight(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: AHEAD },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return isInSight
}
