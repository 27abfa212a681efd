import { RawJson } from '@magpie/domain';
import type { MagpieError } from '@magpie/protocol';

export function outputText(output: unknown): string {
  return output instanceof RawJson ? output.json : JSON.stringify(output);
}

export function replyText(id: number, output: unknown): string {
  return `{"id":${id},"ok":${outputText(output)}}`;
}

export function errorText(id: number, error: MagpieError): string {
  return `{"id":${id},"err":${JSON.stringify(error.toShape())}}`;
}
