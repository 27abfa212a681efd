/** The app that is measured, and the vendor's door through which its users sign in. */
export const APP = 'bench';
export const DOOR = { id: 1400009999, secret: 'bench-secret-of-some-length' };
export const ADMIN_TOKEN = 'bench-admin-token';
