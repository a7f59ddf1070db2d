type Forms = { one: string; other: string }

/** For messages with a number: the form of its plural, with the number in place of `#`. */
export function counter(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  return (count, forms) => {
    const form = rules.select(count) === 'one' ? forms.one : forms.other
    return form.replace('#', numbers.format(count))
  }
}
