// Two bells, made here: browsers allow them only after the first press on the page.

let audio = null;

export function enable() {
  audio ??= new AudioContext();
  audio.resume();
}

export function isOn() {
  return audio !== null && audio.state === "running";
}

export function off() {
  audio?.close();
  audio = null;
}

// kind: "danger" (three high notes) or "waiting" (two lower ones)
export function ring(kind) {
  if (!isOn()) {
    return;
  }
  const notes = kind === "danger" ? [988, 784, 988] : [523, 659];
  notes.forEach((pitch, i) => {
    const start = audio.currentTime + i * 0.22;
    const note = audio.createOscillator();
    const level = audio.createGain();
    note.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, start);
    level.gain.exponentialRampToValueAtTime(kind === "danger" ? 0.5 : 0.25, start + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, start + 0.2);
    note.connect(level).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.21);
  });
}
