/** Resolves as soon as no field with words in it has the focus: they have been sent, or the field has been left. */
export function untilNobodyTypes(): Promise<void> {
  return new Promise((resolve) => {
    const watching = new AbortController()
    const look = () => {
      if (isSomebodyTyping()) return
      watching.abort()
      resolve()
    }
    addEventListener('keyup', look, watching)
    // the focus has not yet moved when it is told that it will
    addEventListener('focusout', () => setTimeout(look), watching)
    look()
  })
}

function isSomebodyTyping(): boolean {
  const field = document.activeElement
  const isText =
    field instanceof HTMLTextAreaElement ||
    (field instanceof HTMLInputElement && field.selectionStart !== null)
  return isText && field.value !== ''
}
