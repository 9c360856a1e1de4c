// A picture as PNG, made here from its SVG: twice its size, on light ground, for a report.
const TWICE = 2;

async function save(button) {
  const { pngOf, pngName, pngWidth, pngHeight } = button.dataset;
  const image = new Image();
  image.src = pngOf;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(pngWidth * TWICE);
  canvas.height = Math.round(pngHeight * TWICE);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = pngName;
  link.click();
}

for (const holder of document.querySelectorAll("[data-png]")) {
  holder.hidden = false;
  const button = holder.querySelector("button");
  button.addEventListener("click", () => save(button).catch(() => {
    button.textContent = "PNG impossible ici : prenez le SVG";
  }));
}

// What a shape counts, where it may be seen: the same addresses as in the table beside.
for (const picture of document.querySelectorAll("svg.pic")) {
  picture.addEventListener("click", (event) => {
    const shape = event.target.closest("[data-to]");
    if (!shape) return;
    if (event.ctrlKey || event.metaKey) window.open(shape.dataset.to, "_blank", "noopener");
    else location.assign(shape.dataset.to);
  });
}
