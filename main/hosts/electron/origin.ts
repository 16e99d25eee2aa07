/** The window's only page, and the only origin the door answers. */
export const appOrigin = 'app://dropcard'
export const appUrl = `${appOrigin}/`

/** Channel names between the preload script and the door. */
export const callChannel = 'dropcard:call'
export const eventChannel = 'dropcard:event'
