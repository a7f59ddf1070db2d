import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './errors'

/** For what is not in the replica. Passed to each `useQuery`, so that the library is loaded with the pages that use it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && !error.isTransient),
    },
  },
})
