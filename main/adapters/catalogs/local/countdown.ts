/**
 * The only script there is, for pages that wait for an hour: counts down to it, tells it in the visitor's own time, and looks for the new page when it
 * has come. Everything it says also stands in the page, or is extra. About 1 kB; nothing is sent anywhere.
 */
export const COUNTDOWN = `'use strict'
;(() => {
  const box = document.querySelector('[data-until]')
  if (!box) return
  const until = Date.parse(box.dataset.until)
  const [left, local] = box.querySelectorAll('span')
  const opened = Date.now()
  const two = (n) => String(n).padStart(2, '0')
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (here && here !== box.dataset.zone) {
    const words = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    local.textContent = new Intl.DateTimeFormat('en-GB', words).format(until) + ' where you are'
  }
  // Not everybody at once, and not for ever.
  const again = 8000 + Math.random() * 12000
  const tick = () => {
    const s = Math.ceil((until - Date.now()) / 1000)
    if (s > 0) {
      const days = Math.floor(s / 86400)
      const clock = two(Math.floor(s / 3600) % 24) + ':' + two(Math.floor(s / 60) % 60) + ':' + two(s % 60)
      left.textContent = (days ? days + (days === 1 ? ' day ' : ' days ') : '') + clock
    } else {
      left.textContent = box.dataset.now
      if (s > -3600 && Date.now() - opened > again && !document.hidden) return location.reload()
    }
    setTimeout(tick, 1000 - (Date.now() % 1000))
  }
  tick()
})()
`
