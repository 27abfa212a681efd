export { webimRoutes } from './routes.ts';
export type { Caller, EasemobApp, FileAccess, Part, Upload, WebimPorts, WebimReply, WebimRequest, WebimRoute } from './ports.ts'; // prettier-ignore
