/** Stands in for `tim-upload-plugin`. Uploads are built in; apps register it and nothing more is needed. */
export default class TIMUploadPlugin {}
