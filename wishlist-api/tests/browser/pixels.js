async (png) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
  const exact = new Map();
  const alike = new Set();
  // Every fourth pixel tells enough.
  for (let at = 0; at < data.length; at += 16) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    exact.set(colour, (exact.get(colour) ?? 0) + 1);
    alike.add(colour & 0xf0f0f0);
  }
  const [ground, count] = [...exact].reduce((most, next) => (next[1] > most[1] ? next : most));
  return {
    width: picture.width,
    height: picture.height,
    ground: [ground >> 16, (ground >> 8) & 255, ground & 255],
    share: count / (data.length / 16),
    colours: alike.size,
  };
}
