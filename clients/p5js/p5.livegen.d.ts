// Types of p5.livegen 0.1.0, for p5 1.x (with @types/p5) and 2.x (which brings its own).

import type p5 from 'p5';

/** What a parameter may be set to. */
export type Value = number | boolean | string | readonly (number | boolean | string)[] | Float32Array | Float64Array;

export interface Options {
  /** Which generator of the stage; left out: its first. */
  generator?: string;
  /** The first of this kind, where no generator is named. */
  kind?: 'image' | 'text' | 'strokes';
  /** Whether its pictures are wanted (default true): text and strokes come without them too. */
  pictures?: boolean;
  /** How many pictures a second see() sends at most (default 15). */
  showFps?: number;
  /** Pictures per second at most (default 60). */
  maxFps?: number;
  /** Longest side in pixels at most (default 1024). */
  maxSize?: number;
  /** 10 to 100; left out: the stage's own choice. */
  quality?: number;
  /** The first that the stage knows wins. */
  codec?: readonly ('jpeg' | 'webp' | 'png' | 'raw')[];
  /** Needed when the stage is not on this computer. */
  token?: string;
  /** Size of gen.image until the stage has said its own (default 512). */
  width?: number;
  height?: number;
}

/** One knob of the generator that plays, read from the stage. */
export interface Param {
  name: string;
  address: string;
  type: 'float' | 'int' | 'bool' | 'string' | 'enum' | 'vector' | 'trigger';
  value: any;
  min?: number;
  max?: number;
  default: any;
  choices: readonly (string | number)[];
  unit: string;
  /** The heading under which it belongs, such as colour. */
  group: string;
  description: string;
}

export interface LivegenError extends Error {
  code: string;
  /** The way out, in words. */
  hint: string;
}

export interface Stroke {
  /** To the right, in units of the drawing: its size is about 1. */
  dx: number;
  /** Downwards. */
  dy: number;
  /** What the pen does after this step. */
  pen: 'down' | 'up' | 'end';
  /** How many steps of this drawing came before. 0: a new one; that step is made with the pen lifted. */
  index?: number;
}

/** What comes with a piece of text. */
export interface Token {
  delta: string;
  /** How many characters of this text came before. 0: a new one. */
  index: number;
  /** How probable it was, 0 to 1. */
  p: number;
  /** How undecided the network was, in bits. */
  bits: number;
  done: boolean;
}

/** What a generator can be asked for beside its stream. */
export interface Question {
  prime?: string;
  /** Characters, or steps of the pen. */
  length?: number;
  temperature?: number;
  /** The same again for the same number. */
  seed?: number;
  /** Where an earlier answer left off: its `state`. */
  state?: string;
  /** A drawing to go on with: [dx, dy, 0 down | 1 up | 2 end]. */
  strokes?: readonly (readonly [number, number, number])[];
  latent?: readonly number[];
  label?: string;
  /** Which of the nine variations, from 1. */
  index?: number;
  size?: readonly [number, number];
}

export interface Answer {
  generator: string;
  state?: string;
  text?: string;
  /** Mean surprise of the text's characters. */
  bits?: number;
  odds?: [string, number][];
  sample?: string;
  strokes?: [number, number, number][];
  latent?: number[];
  /** Base64. */
  image?: string;
  codec?: 'png' | 'jpeg';
  width?: number;
  height?: number;
  seed?: number;
  /** Which nine are offered, and which of them this is. */
  round?: number;
  index?: number;
  count?: number;
  /** What is different in this variation: `warmer, softer`. */
  words?: string;
}

/** What the stage says about itself once a second. */
export interface Status {
  state?: string;
  fps?: number;
  fps_wanted?: number;
  viewers?: number;
  latency_ms?: { p50: number | null; p95: number | null };
  render_ms?: number;
  encode_ms?: number;
  dropped?: number;
  worker?: { state: string; restarts: number; device: string };
  last_error?: unknown;
  [key: string]: unknown;
}

export interface Change {
  name: string;
  address: string;
  value: any;
}

/** A beat that begins now. */
export interface Beat {
  /** Which of the bar, from 1. */
  beat: number;
  bpm: number;
  meter: number;
}

/** The stage's clock, in the sound's own time. */
export interface Tempo {
  readonly bpm: number;
  readonly meter: number;
  readonly running: boolean;
  /** Beats since the clock began, now. */
  readonly position: number;
  /** How far through the beat, 0 to 1. */
  readonly phase: number;
  /** How far through the bar, 0 to 1. */
  readonly bar: number;
  /** Which beat of the bar, from 1. */
  readonly beat: number;
  /** Three taps set the tempo. */
  tap(): void;
}

export interface Events {
  beat: (beat: Beat, gen: Livegen) => void;
  frame: (gen: Livegen) => void;
  text: (token: string, gen: Livegen, more: Token) => void;
  stroke: (stroke: Stroke, gen: Livegen) => void;
  status: (status: Status, gen: Livegen) => void;
  param: (change: Change, gen: Livegen) => void;
  error: (error: LivegenError, gen: Livegen) => void;
}

export interface Latent {
  /** How many numbers z has; 0 until known. */
  readonly size: number;
  /** The latent itself, where the stage sends it along. */
  readonly values: Float32Array | null;
  set(index: number, value: number): Livegen;
  set(values: readonly number[] | Float32Array): Livegen;
}

/** One generator of a stage, as a sketch plays it. */
export interface Livegen {
  /** The newest picture: one p5.Image for life, also a texture in WEBGL. */
  readonly image: p5.Image;
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  /** Fulfilled when the first picture is drawn and gen.params is known. */
  readonly ready: Promise<Livegen>;
  readonly name: string;
  readonly connected: boolean;
  /** connecting, loading, running, offline, closed, or what the stage says of itself. */
  readonly status: string;
  readonly error: LivegenError | null;
  /** Pictures drawn in the last second. */
  readonly fps: number;
  /** Milliseconds from set() to the picture that shows it; null until measured. */
  readonly latency: number | null;
  readonly dropped: number;
  readonly stage: Status;
  readonly params: Record<string, Param>;
  readonly cues: readonly string[];
  /** What a text generator has written, 10,000 characters at most. */
  readonly text: string;
  /** The drawing so far, of a strokes generator. */
  readonly strokes: readonly Stroke[];
  readonly frozen: boolean;
  /** The stage's clock; heard from the first time on that it is asked for. */
  readonly tempo: Tempo;
  readonly latent: Latent;
  set(name: string, value: Value): this;
  set(values: Record<string, Value>): this;
  /** What happens rather than stands, such as 'text/feed': in order, and every one counts. */
  tell(name: string, value?: Value): this;
  /** Text that a text generator reads on. */
  feed(text: string): this;
  /** Show it a picture; the newest counts. Generators that can look follow it by their parameter `follow`. */
  see(picture: p5.Element | p5.Image | p5.Graphics | CanvasImageSource): this;
  /** Ask this generator for something of its own, beside what plays. */
  ask(what: 'text' | 'odds' | 'strokes' | 'image' | 'explore', question?: Question): Promise<Answer>;
  ask(what: 'text' | 'odds' | 'strokes' | 'image' | 'explore', question: Question, callback: (error: LivegenError | null, answer?: Answer) => void): void;
  /** 0 to 1 over the parameter's whole range. */
  norm(name: string, share: number): this;
  randomize(): this;
  reset(): this;
  freeze(on?: boolean): this;
  /** -1: a random one. */
  seed(number: number): this;
  /** Go to a cue, by name or by its place in gen.cues, gliding for some seconds. */
  recall(cue: string | number, seconds?: number): this;
  /** Bind the next control that moves, MIDI or OSC, to a parameter, to a cue ('presets/load', name), or to what is touched next. */
  learn(name?: string, cue?: string): this;
  /** Unbind a parameter or a cue; without a name everything. */
  forget(name?: string, cue?: string): this;
  on<E extends keyof Events>(event: E, handler: Events[E]): this;
  off<E extends keyof Events>(event: E, handler?: Events[E]): this;
  /** Read gen.params anew. */
  refresh(): Promise<Record<string, Param>>;
  refresh(callback: (error: LivegenError | null, params: Record<string, Param>) => void): void;
  remove(): void;
}

export type Callback = (error: LivegenError | null, gen: Livegen) => void;

/** createLivegen(url?, options?, callback?): returns at once; the picture comes by itself. */
export interface CreateLivegen {
  (callback?: Callback): Livegen;
  (options: Options, callback?: Callback): Livegen;
  (url: string | number | undefined, callback?: Callback): Livegen;
  (url: string | number | undefined, options: Options, callback?: Callback): Livegen;
}

/** A p5 instance with the library in it: `(sketch as WithLivegen).createLivegen()`. */
export type WithLivegen = p5 & { createLivegen: CreateLivegen };

export interface Frame {
  kind: number;
  codec: number;
  flags: number;
  channels: number;
  width: number;
  height: number;
  seq: number;
  time: number;
  stream: number;
  applied: number;
  payload: Uint8Array;
}

export const version: string;
/** p5 2.x: p5.registerAddon(addon). */
export function addon(p5: any, fn: any, lifecycles: any): void;
/** Give a p5 of either major version its createLivegen(). */
export function attach(p5: any): void;
/** The gens that play now. */
export function all(): Livegen[];
/** Ask a stage without a gen. */
export function ask(question: Question & { what: string; generator?: string }, url?: string | number, token?: string): Promise<Answer>;
/** The stages that this page talks to. */
export function connections(): { host: string; connected: boolean; trouble: LivegenError | null }[];
export function writeFrame(stream: number, seq: number, width: number, height: number, jpeg: ArrayBuffer): ArrayBuffer;
export function readFrame(buffer: ArrayBuffer): Frame | null;
export function readStrokes(frame: Frame): Stroke[];
export function readParams(node: unknown): Record<string, Param>;
export function readUrl(url?: string | number | null, page?: Location): { socket: string; http: string; host: string; token: string };
export function expand(instance: string, name: string): string;
export function diagnose(facts: Record<string, unknown>): LivegenError;
export default addon;

declare global {
  const createLivegen: CreateLivegen;
}
