// With the page, not with the viewer: a style sheet that failed to load is not asked for again, and a viewer without it never shows.
import 'viewerjs/dist/viewer.css';

export interface ViewedImage {
  readonly url: string;
  readonly key: string;
}

/** Shows pictures over the page, from the one with this key on. The viewer is loaded when first needed. */
export async function viewImages(images: readonly ViewedImage[], key: string, title: string): Promise<void> {
  const { default: Viewer } = await import('viewerjs');
  const holder = document.createElement('div');
  for (const { url } of images) {
    const image = document.createElement('img');
    image.src = url;
    image.alt = title;
    image.referrerPolicy = 'no-referrer';
    holder.append(image);
  }
  const focused = document.activeElement;
  const viewer = new Viewer(holder, {
    initialViewIndex: Math.max(
      0,
      images.findIndex((image) => image.key === key),
    ),
    title: false,
    navbar: images.length > 1,
    tooltip: false,
    toolbar: { zoomIn: true, zoomOut: true, oneToOne: true, reset: true, prev: images.length > 1, next: images.length > 1, rotateLeft: true, rotateRight: true }, // prettier-ignore
    hidden: () => {
      viewer.destroy();
      if (focused instanceof HTMLElement) focused.focus();
    },
  });
  viewer.show();
}
