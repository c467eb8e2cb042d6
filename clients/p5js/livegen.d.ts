// Types of livegen.js 0.1.0: the generators of ml5 0.12, played by a livegen stage.

import type p5 from 'p5';
import type { LivegenError } from './p5.livegen';

/** Error first, as everywhere in ml5; the call gives a Promise of the same as well. */
export type Callback<Result> = (error: LivegenError | undefined, result: Result) => void;

/** What the stage says about the generator that plays. */
export interface Info {
  name: string;
  kind: 'image' | 'text' | 'strokes';
  family: string;
  model: string;
  title: string;
  author: string;
  latent: number;
  size: [number, number];
  labels: string[];
}

export interface Player<Self> {
  readonly ready: Promise<Self>;
  readonly generator: string;
  /** null until it is ready. */
  readonly info: Info | null;
}

/** Where a text stands. Opaque; kept by the stage for a while, and read in again after that. */
export interface TextState {
  readonly name: string;
  readonly read: string;
}

export interface CharRNNOptions {
  /** What it goes on from; the sample does not repeat it. */
  seed?: string;
  length?: number;
  temperature?: number;
  /** Go on from where the last call left off. */
  stateful?: boolean;
  /** The same text again for the same number. */
  randomSeed?: number;
}

export interface CharRNN extends Player<CharRNN> {
  readonly state: TextState | null;
  generate(options?: CharRNNOptions, callback?: Callback<{ sample: string; state: TextState }>): Promise<{ sample: string; state: TextState }>;
  predict(temperature?: number, callback?: Callback<Prediction>): Promise<Prediction>;
  /** predict() and feed() in one. */
  next(temperature?: number, callback?: Callback<Prediction>): Promise<Prediction>;
  feed(text: string, callback?: Callback<void>): Promise<void>;
  reset(callback?: Callback<void>): Promise<void>;
  getState(): TextState | null;
  setState(state: TextState | null): void;
}

export interface Prediction {
  sample: string;
  probabilities: { char: string; probability: number }[];
}

export type Pen = 'down' | 'up' | 'end';

/** One step of the pen, in pixels: what the pen does after it. */
export interface StrokeStep {
  dx: number;
  dy: number;
  pen: Pen;
}

export interface SketchRNN extends Player<SketchRNN> {
  generate(callback: Callback<StrokeStep>): Promise<StrokeStep>;
  generate(
    options?: { temperature?: number; pixelFactor?: number },
    seedStrokes?: readonly (StrokeStep | readonly number[])[] | Callback<StrokeStep>,
    callback?: Callback<StrokeStep>,
  ): Promise<StrokeStep>;
  reset(callback?: Callback<void>): Promise<void>;
}

export interface DCGAN extends Player<DCGAN> {
  generate(callback?: Callback<GanResult>, latentVector?: readonly number[]): Promise<GanResult>;
}

export interface GanResult {
  blob: Blob;
  /** RGBA. */
  raw: Uint8ClampedArray;
  /** [height, width, 3], 0 to 1, if `returnTensors` was asked for. */
  tensor: any;
  /** null on a page without p5. */
  image: p5.Image | null;
}

export interface CVAE extends Player<CVAE> {
  readonly labels: string[];
  generate(label?: string, callback?: Callback<VaeResult>, latentVector?: readonly number[]): Promise<VaeResult>;
}

export interface VaeResult {
  /** For an <img>. */
  src: string;
  raws: Uint8ClampedArray;
  image: p5.Image | null;
}

export interface Calls {
  charRNN(model: string, callback?: Callback<CharRNN>): CharRNN;
  sketchRNN(name: string, callback?: Callback<SketchRNN>, large?: boolean): SketchRNN;
  DCGAN(manifest: string, options?: { returnTensors?: boolean } | Callback<DCGAN>, callback?: Callback<DCGAN>): DCGAN;
  CVAE(manifest: string, callback?: Callback<CVAE>): CVAE;
}

declare global {
  const ml5: Calls;
}
