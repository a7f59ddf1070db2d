// What a browser loads before it shows the first list: the page's scripts and their static imports, compressed. Fails if it is
// too much.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 150_000
const dist = new URL('./dist/', import.meta.url)
const chunks = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const page = readFileSync(new URL('index.html', dist), 'utf8')

function withImports(name, found = new Set()) {
  if (!found.has(name)) {
    found.add(name)
    for (const imported of chunks[name].imports ?? []) withImports(imported, found)
  }
  return found
}

const entries = Object.keys(chunks).filter((name) => page.includes(`src="/${chunks[name].file}"`))
const files = new Set(entries.flatMap((name) => [...withImports(name)]).map((name) => chunks[name].file))
const sizes = [...files].map((file) => [
  file,
  gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length,
])
const total = sizes.reduce((sum, [, size]) => sum + size, 0)

const kilobytes = (size) => `${(size / 1000).toFixed(1)} KB`
process.stdout.write(`JavaScript at first load: ${kilobytes(total)} gzipped, of ${kilobytes(BUDGET)}\n`)
if (entries.length === 0 || total > BUDGET) {
  for (const [file, size] of sizes.toSorted((a, b) => b[1] - a[1])) {
    process.stdout.write(`  ${kilobytes(size).padStart(9)}  ${file}\n`)
  }
  process.exitCode = 1
}
