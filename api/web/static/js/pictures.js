// A picture as PNG, made here from its SVG: twice its size, for a report.
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
