// The part of the exported shader that is the same for every network.
// The formulas are those of fields.py and network.py.

const float TAU = 6.28318530718;

float bend(float a) {
  float x = clamp(a, -4.95, 4.95), q = x * x;
  return x * (135135.0 + q * (17325.0 + q * (378.0 + q)))
       / (135135.0 + q * (62370.0 + q * (3150.0 + q * 28.0)));
}

vec4 bend(vec4 a) {
  vec4 x = clamp(a, -4.95, 4.95), q = x * x;
  return x * (135135.0 + q * (17325.0 + q * (378.0 + q)))
       / (135135.0 + q * (62370.0 + q * (3150.0 + q * 28.0)));
}

// Cosine and sine of two slow circles with these periods in seconds.
vec4 circles(float first, float second) {
  float a = TAU * fract(u_time / first), b = TAU * fract(u_time / second);
  return vec4(cos(a), sin(a), cos(b), sin(b));
}

vec3 tint(vec3 lab) {
  float turn = TAU * u_hue, c = u_chroma * cos(turn), s = u_chroma * sin(turn);
  return vec3(0.5 + (lab.x - 0.5) * u_contrast + 0.5 * u_light, c * lab.y - s * lab.z, s * lab.y + c * lab.z);
}

// Square of how much a field changes from pixel to pixel.
float steepness(vec2 slope) { return dot(slope, slope); }

vec4 coordinates(vec2 place, vec2 size, vec4 slow, vec4 slower) {
  float angle = TAU * fract(u_spin) + 0.12 * u_flow * slower.x;
  float near = 1.0 / (u_zoom * (1.0 + 0.06 * u_flow * slower.w));
  vec2 at = (place * 2.0 - 1.0) * vec2(size.x, -size.y) / min(size.x, size.y);
  at = near * vec2(cos(angle) * at.x - sin(angle) * at.y, sin(angle) * at.x + cos(angle) * at.y);
  at += 0.12 * u_flow * slow.xw;
  float turn = 2.5 * u_twist / (1.0 + dot(at, at)), c = cos(turn), s = sin(turn);
  at = vec2(c * at.x - s * at.y, s * at.x + c * at.y);
  float petals = clamp(SYMMETRY + u_symmetry, 0.0, 1.0);
  float square = dot(at, at), real = at.x * at.x - at.y * at.y, imag = 2.0 * at.x * at.y;
  float six = real * (real * real - 3.0 * imag * imag) / (square * square * sqrt(square) + 1e-6);
  return vec4((1.0 - petals) * at.x, petals * six, (1.0 - petals) * at.y, sqrt(square + 0.01));
}

vec3 screen(vec3 lab) {
  float grey = clamp(lab.x, 0.01, 0.99);
  vec3 lms = vec3(grey + 0.3963377774 * lab.y + 0.2158037573 * lab.z,
                  grey - 0.1055613458 * lab.y - 0.0638541728 * lab.z,
                  grey - 0.0894841775 * lab.y - 1.2914855480 * lab.z);
  lms = lms * lms * lms;
  vec3 rgb = vec3(dot(lms, vec3(4.0767416621, -3.3077115913, 0.2309699292)),
                  dot(lms, vec3(-1.2684380046, 2.6097574011, -0.3413193965)),
                  dot(lms, vec3(-0.0041960863, -0.7034186147, 1.7076147010)));
  float base = grey * grey * grey;
  vec3 room = max((rgb - base) / (1.0 - base), (base - rgb) / base);
  float over = max(room.x, max(room.y, room.z));
  over *= over;
  vec3 linear = clamp(base + (rgb - base) / sqrt(sqrt(1.0 + over * over)), 0.0, 1.0);
  vec3 curved = 1.055 * pow(max(linear, vec3(1e-6)), vec3(1.0 / 2.4)) - 0.055;
  return mix(curved, 12.92 * linear, step(linear, vec3(0.0031308)));
}

vec3 picture(vec4 field, vec2 place, vec2 size) {
  // Some renderers draw upside down; the signs find out which way is right and which is up.
  vec4 across = dFdx(field) * sign(dFdx(place.x)), rise = -dFdy(field) * sign(dFdy(place.y));
  float unit = 2.0 / min(size.x, size.y), wave = TAU * fract(u_pulse);

  float fade = 1.0 + TONE * TONE * 0.25 * steepness(vec2(across.x, rise.x));
  float t = 0.5 + 0.5 * bend(EDGE * sin(TONE * field.x + wave)) / (bend(EDGE) * fade * fade);
  float u = 0.5 + 0.5 * bend(BLEND * field.y), v = 1.0 - t;
  vec3 low = v * v * tint(LOW_0) + 2.0 * t * v * tint(LOW_1) + t * t * tint(LOW_2);
  vec3 high = v * v * tint(HIGH_0) + 2.0 * t * v * tint(HIGH_1) + t * t * tint(HIGH_2);
  vec3 lab = mix(low, high, u);

  float blur = 1.0 + FINENESS * FINENESS * 0.25 * steepness(vec2(across.y, rise.y));
  float layers = STRATA * sin(FINENESS * field.y + wave) / (blur * blur);
  float relief = clamp(RELIEF + u_relief, 0.0, 1.0);
  vec3 normal = normalize(vec3(-SLOPE * relief / unit * vec2(across.z, rise.z), 1.0));
  float bright = max(1.0 + DEPTH * relief * (dot(normal, vec3(-0.48, 0.56, 0.675)) - 0.675) + layers, 0.0);
  float glint = GLOSS * relief * pow(max(dot(normal, vec3(-0.262, 0.306, 0.915)), 0.0), 32.0);
  lab *= bright;
  lab = vec3(lab.x + glint * (0.98 - lab.x), lab.yz * (1.0 - 0.8 * glint));

  float lines = clamp(LINES + u_lines, 0.0, 1.0), breadth = WIDTH * (1.3 - 0.6 * u);
  float thin = breadth * breadth + 0.25 * unit * unit;
  float off = sin(SPACING * field.w + wave);
  float steep = steepness(vec2(across.w, rise.w)) * thin * SPACING * SPACING / (unit * unit);
  float core = 1.0 / (1.0 + off * off / (steep + 1e-4));
  float share = lines * breadth / sqrt(thin) * core * (core + GLOW * (1.0 - core));
  return screen(mix(lab, tint(mix(INK_0, INK_1, u)), share));
}
