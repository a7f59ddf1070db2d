// Before the first paint, so that a chosen theme does not flash: a classic script, because modules are deferred.
{
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
}
