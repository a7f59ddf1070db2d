import { DeleteAccount } from './delete-account'
import { Exports } from './exports'
import { ImportFile } from './import-file'

export function DataSettings() {
  return (
    <>
      <Exports />
      <ImportFile />
      <DeleteAccount />
    </>
  )
}
