// All script of the page. Without it nothing is missing: it adds a button that copies the command, and a
// crosshair that reads a curve at the pointer.

export const SCRIPT = `'use strict';
(() => {
  const copy = document.getElementById('copy');
  const command = document.getElementById('command');
  if (copy && command && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', () => {
      navigator.clipboard.writeText(command.textContent).then(
        () => { copy.textContent = 'Copied'; },
        () => { getSelection().selectAllChildren(command); copy.textContent = 'Selected'; },
      );
      setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
    });
  }
  for (const svg of document.querySelectorAll('svg[data-readings]')) {
    const curve = svg.querySelector('.curve');
    const cross = svg.querySelector('.cross');
    const readings = svg.dataset.readings.split('|');
    if (!curve || !cross) continue;
    const points = [...curve.points];
    const [hair, dot, text] = cross.children;
    svg.addEventListener('pointermove', (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
      let best = 0;
      for (let i = 1; i < points.length; i++)
        if (Math.abs(points[i].x - x) <= Math.abs(points[best].x - x)) best = i;
      const point = points[best];
      hair.setAttribute('transform', 'translate(' + point.x + ' 0)');
      dot.setAttribute('cx', point.x);
      dot.setAttribute('cy', point.y);
      text.textContent = readings[2 * best] + ': ' + readings[2 * best + 1];
      cross.setAttribute('visibility', 'visible');
    });
    svg.addEventListener('pointerleave', () => cross.setAttribute('visibility', 'hidden'));
  }
})();
`;
