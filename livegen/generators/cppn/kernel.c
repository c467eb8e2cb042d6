/* The CPPN, fused: one pass from pixel coordinates to RGBA bytes.
 *
 * LANES pixels stand side by side in a vector, two vectors are worked on at once. Features stay in
 * the first-level cache; the fields of three rows wait in a small buffer, because the light on the
 * relief and the smoothness of the lines need each pixel's neighbours. The formulas are those of
 * fields.py; sheets are laid out by network.py. GCC and Clang only: it leans on vector extensions.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define INPUTS 4
#define UNITS 8
#define LAYERS 6
#define FIELDS 4
#define FEATURES (INPUTS + 2 * UNITS * LAYERS)
#define HEAD 64
#define INLINE static inline __attribute__((always_inline))

typedef float V __attribute__((vector_size(LANES * 4)));
typedef int32_t I __attribute__((vector_size(LANES * 4)));

enum { MATRIX = 0, CENTRE = 4, MIRROR = 6, TWIST = 7, RATIO = 8, CALM = 14, PALETTE = 15, TONE = 39,
       BLEND = 42, RELIEF = 43, LINES = 46, STRATA = 51 };

INLINE V all(float x) { return x - (V){0}; }
INLINE V load(const float *at) { V v; memcpy(&v, at, sizeof v); return v; }
INLINE void store(float *at, V v) { memcpy(at, &v, sizeof v); }
INLINE V choose(I mask, V yes, V no) { return (V)((mask & (I)yes) | (~mask & (I)no)); }
INLINE V least(V a, V b) { return choose(a < b, a, b); }
INLINE V most(V a, V b) { return choose(a > b, a, b); }

INLINE V root(V a)
{
    float r[LANES];
    store(r, a);
    for (int i = 0; i < LANES; i++) r[i] = __builtin_sqrtf(r[i]);
    return load(r);
}

/* Sine of 2 pi t. Error below 1e-6 for arguments of the size met here. */
INLINE V sine_of_turns(V t)
{
    const V round = all(12582912.0f); /* 1.5 * 2^23: adding it leaves the nearest whole number */
    V half = t + t;
    V shifted = half + round;
    V f = half - (shifted - round); /* -0.5..0.5 half turns */
    I flip = (I)shifted << 31;
    V f2 = f * f;
    V p = all(-0.55463823f);
    p = p * f2 + 2.54189981f;
    p = p * f2 - 5.16714288f;
    p = p * f2 + 3.14158202f;
    return (V)((I)(p * f) ^ flip);
}

INLINE V sine(V a) { return sine_of_turns(a * 0.15915494f); }
INLINE V cosine(V a) { return sine_of_turns(a * 0.15915494f + 0.25f); }

/* Pade approximant of tanh; error below 1e-4. */
INLINE V bend(V a)
{
    V x = most(least(a, all(4.95f)), all(-4.95f)), x2 = x * x;
    V top = x * (135135.0f + x2 * (17325.0f + x2 * (378.0f + x2)));
    V low = 135135.0f + x2 * (62370.0f + x2 * (3150.0f + x2 * 28.0f));
    return top / low;
}

/* out[j] = bias[j] + sum of rows of weights, for two vectors of pixels. */
#define DENSE(COUNT)                                                      \
    for (int j = 0; j < COUNT; j++) a[j] = b[j] = all(bias[j]);           \
    for (int i = 0; i < seen; i++) {                                      \
        const float *row = weights + i * COUNT;                           \
        V p = h[i][0], q = h[i][1];                                       \
        _Pragma("GCC unroll 8") for (int j = 0; j < COUNT; j++) {         \
            a[j] += row[j] * p;                                           \
            b[j] += row[j] * q;                                           \
        }                                                                 \
    }

INLINE void network(const float *sheet, V (*h)[2], V (*found)[2])
{
    const float *net = sheet + HEAD;
    V a[UNITS], b[UNITS];
    int seen = INPUTS;
    for (int layer = 0; layer < LAYERS; layer++) {
        const float *bias = net, *weights = net + UNITS;
        V ratio = all(sheet[RATIO + layer]);
        DENSE(UNITS)
        for (int j = 0; j < UNITS; j++) {
            h[seen + j][0] = sine(a[j]);
            h[seen + j][1] = sine(b[j]);
            h[seen + UNITS + j][0] = bend(a[j] * ratio);
            h[seen + UNITS + j][1] = bend(b[j] * ratio);
        }
        net = weights + seen * UNITS;
        seen += 2 * UNITS;
    }
    const float *bias = net, *weights = net + FIELDS;
    DENSE(FIELDS)
    for (int j = 0; j < FIELDS; j++) found[j][0] = a[j], found[j][1] = b[j];
}

INLINE void coordinates(const float *s, V u, float v, V (*h)[2], int side)
{
    V x = s[MATRIX] * u + (s[MATRIX + 1] * v + s[CENTRE]);
    V y = s[MATRIX + 2] * u + (s[MATRIX + 3] * v + s[CENTRE + 1]);
    if (s[TWIST] != 0.0f) {
        V turn = s[TWIST] / (1.0f + x * x + y * y);
        V c = cosine(turn), n = sine(turn), was = x;
        x = c * x - n * y;
        y = n * was + c * y;
    }
    /* (x + iy)^6 / r^5 has six petals and the size of r. */
    V square = x * x + y * y, real = x * x - y * y, imag = 2.0f * x * y;
    V six = real * (real * real - 3.0f * imag * imag) / (square * square * root(square) + 1e-6f);
    h[0][side] = (1.0f - s[MIRROR]) * x;
    h[1][side] = s[MIRROR] * six;
    h[2][side] = (1.0f - s[MIRROR]) * y;
    h[3][side] = root(square + 0.01f);
}

/* The fields of `count` points of row y, from pixel x on and `apart` pixels from each other. */
static void field_row(const float *sheet, int w, int height, int y, int x, int apart, int count, int pitch,
                      float *row)
{
    V h[FEATURES][2], found[FIELDS][2], lane = {0};
    float step = 2.0f / (float)(w < height ? w : height);
    float v = ((float)height * 0.5f - 0.5f - (float)y) * step;
    for (int i = 0; i < LANES; i++) lane[i] = (float)(apart * i + x) + 0.5f - (float)w * 0.5f;
    for (int i = 0; i < count; i += 2 * LANES) {
        coordinates(sheet, (lane + (float)(apart * i)) * step, v, h, 0);
        coordinates(sheet, (lane + (float)(apart * (i + LANES))) * step, v, h, 1);
        network(sheet, h, found);
        for (int f = 0; f < FIELDS; f++) {
            store(row + f * pitch + i, found[f][0]);
            store(row + f * pitch + i + LANES, found[f][1]);
        }
    }
}

/* Catmull-Rom weights of four neighbours at `at` between the middle two. */
INLINE void between(float at, float *weight)
{
    weight[0] = ((1.0f - 0.5f * at) * at - 0.5f) * at;
    weight[1] = (1.5f * at - 2.5f) * at * at + 1.0f;
    weight[2] = ((2.0f - 1.5f * at) * at + 0.5f) * at;
    weight[3] = (0.5f * at - 0.5f) * at * at;
}

/* `apart` values for every one of `from`, curves laid through them; from[1] lands on to[0]. */
INLINE void widen(const float *from, int count, const int apart, float *to)
{
    float weight[4][4];
    for (int p = 0; p < apart; p++) between((float)p / (float)apart, weight[p]);
    for (int i = 0; i < count; i++)
        for (int p = 0; p < apart; p++)
            to[apart * i + p] = weight[p][0] * from[i] + weight[p][1] * from[i + 1]
                              + weight[p][2] * from[i + 2] + weight[p][3] * from[i + 3];
}

/* Where fields come from: every pixel, or curves through every `apart`-th one. */
typedef struct {
    const float *sheet;
    int w, h, apart, pitch;  /* pitch: of a row of pixels */
    int points, sparse;      /* how many points a sparse row has, and its pitch */
    float *ring, *mixed;     /* four sparse rows, and one made of them */
    int last;                /* number of the newest row in the ring; row j lies at pixel j * apart */
} Source;

/* The fields of row y, from one pixel left of the picture to one right of it. Rows are asked for in order. */
static void pixel_row(Source *s, int y, float *row)
{
    if (s->apart == 1) {
        field_row(s->sheet, s->w, s->h, y, -1, 1, s->w + 2, s->pitch, row);
        return;
    }
    int above = (y + s->apart) / s->apart - 1, room = FIELDS * s->sparse;
    float weight[4];
    between((float)(y - above * s->apart) / (float)s->apart, weight);
    for (int j = s->last > above - 2 ? s->last + 1 : above - 1; j <= above + 2; j++) {
        field_row(s->sheet, s->w, s->h, j * s->apart, -1 - s->apart, s->apart, s->points, s->sparse,
                  s->ring + (j & 3) * room);
        s->last = j;
    }
    const float *a = s->ring + ((above - 1) & 3) * room, *b = s->ring + (above & 3) * room;
    const float *c = s->ring + ((above + 1) & 3) * room, *d = s->ring + ((above + 2) & 3) * room;
    for (int i = 0; i < room; i += LANES)
        store(s->mixed + i, weight[0] * load(a + i) + weight[1] * load(b + i) + weight[2] * load(c + i)
                          + weight[3] * load(d + i));
    for (int f = 0; f < FIELDS; f++) {
        if (s->apart == 2) widen(s->mixed + f * s->sparse, s->points - 3, 2, row + f * s->pitch);
        else widen(s->mixed + f * s->sparse, s->points - 3, 4, row + f * s->pitch);
    }
}

/* The sRGB curve as a sum of roots, fitted by us; off by at most 0.01 of a byte step. */
INLINE V encode(V linear)
{
    V x = most(linear, all(1e-6f)), a = root(x), b = root(a), c = root(b);
    V curved = 0.65398032f * a + 0.68872728f * b - 0.31848754f * c - 0.02018764f * x - 0.0040638f;
    return choose(linear <= 0.0031308f, 12.92f * linear, curved);
}

INLINE V occupied(V colour, V base)
{
    V above = (colour - base) / (1.0f - base), below = (base - colour) / base;
    return most(above, below);
}

/* OKLab to packed RGBA bytes; colours that a screen cannot show lose chroma, softly. */
INLINE I pixels(V lightness, V a, V b)
{
    V grey = most(least(lightness, all(0.99f)), all(0.01f));
    V l = grey + 0.3963377774f * a + 0.2158037573f * b;
    V m = grey - 0.1055613458f * a - 0.0638541728f * b;
    V s = grey - 0.0894841775f * a - 1.2914855480f * b;
    l = l * l * l, m = m * m * m, s = s * s * s;
    V base = grey * grey * grey;
    V red = 4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s;
    V green = -1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s;
    V blue = -0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s;
    V over = most(occupied(red, base), most(occupied(green, base), occupied(blue, base)));
    over = over * over;
    V keep = 1.0f / root(root(1.0f + over * over));
    V zero = all(0.0f), one = all(1.0f);
    I out = {0};
    V channel[3] = {red, green, blue};
    for (int c = 0; c < 3; c++) {
        V linear = most(least(base + (channel[c] - base) * keep, one), zero);
        V value = most(least(encode(linear), one), zero) * 255.0f + 0.5f;
        out |= __builtin_convertvector(value, I) << (8 * c);
    }
    return out | (I)(all(0.0f) == all(0.0f)) << 24;
}

/* Square of how much a field changes from pixel to pixel. */
INLINE V steepness(V across, V rise) { return (across * across + rise * rise) * 0.25f; }

/* One vector of pixels; up, here, down are the fields of three rows at the pixel left of them. */
INLINE I shade(const float *s, float step, const float *up, const float *here, const float *down, int pitch)
{
    V across[FIELDS], rise[FIELDS], mid[FIELDS];
    for (int f = 0; f < FIELDS; f++) {
        across[f] = load(here + f * pitch + 2) - load(here + f * pitch);
        rise[f] = load(up + f * pitch + 1) - load(down + f * pitch + 1);
        mid[f] = load(here + f * pitch + 1);
    }
    float gain = s[TONE], edge = s[TONE + 2];
    V fade = 1.0f + steepness(across[0], rise[0]) * (gain * gain * 0.25f);
    V t = 0.5f + 0.5f * bend(edge * sine(gain * mid[0] + s[TONE + 1])) / (bend(all(edge)) * fade * fade);
    V u = 0.5f + 0.5f * bend(s[BLEND] * mid[1]);
    V curve[3] = {(1.0f - t) * (1.0f - t), 2.0f * t * (1.0f - t), t * t}, lab[3], ink[3];
    for (int c = 0; c < 3; c++) {
        const float *p = s + PALETTE + c;
        V low = curve[0] * p[0] + curve[1] * p[3] + curve[2] * p[6];
        V high = curve[0] * p[9] + curve[1] * p[12] + curve[2] * p[15];
        lab[c] = low + (high - low) * u;
        ink[c] = p[18] + (p[21] - p[18]) * u;
    }

    float fine = s[STRATA + 1], slope = -s[RELIEF] / (2.0f * step);
    V blur = 1.0f + steepness(across[1], rise[1]) * (fine * fine * 0.25f);
    V layers = s[STRATA] * sine(fine * mid[1] + s[TONE + 1]) / (blur * blur);
    V dx = across[2] * slope, dy = rise[2] * slope, length = 1.0f / root(1.0f + dx * dx + dy * dy);
    V lit = (dx * -0.48f + dy * 0.56f + 0.675f) * length - 0.675f;
    V bright = most(1.0f + s[RELIEF + 1] * lit + layers, all(0.0f));
    V glint = most((dx * -0.262f + dy * 0.306f + 0.915f) * length, all(0.0f));
    for (int i = 0; i < 5; i++) glint = glint * glint;
    glint = glint * s[RELIEF + 2];
    V dull = bright * (1.0f - 0.8f * glint);
    lab[0] = lab[0] * bright + glint * (0.98f - lab[0] * bright);
    lab[1] = lab[1] * dull;
    lab[2] = lab[2] * dull;

    float amount = s[LINES], spacing = s[LINES + 1], glow = s[LINES + 4];
    V breadth = s[LINES + 3] * (1.3f - 0.6f * u), thin = breadth * breadth + 0.25f * step * step;
    V off = sine(spacing * mid[3] + s[LINES + 2]);
    V steep = steepness(across[3], rise[3]) * thin * (spacing * spacing / (step * step));
    V core = 1.0f / (1.0f + off * off / (steep + 1e-4f));
    V share = amount * breadth / root(thin) * core * (core + glow * (1.0f - core));
    for (int c = 0; c < 3; c++) lab[c] += (ink[c] - lab[c]) * share;
    return pixels(lab[0], lab[1], lab[2]);
}

/* Rows first..last-1 of a w x h picture into out (RGBA, tightly packed). The network is asked at every
 * `apart`-th pixel each way, 1, 2 or 4. Returns 0, or -1 without memory. */
EXPORT int livegen_cppn_paint(const float *sheet, int w, int h, int first, int last, int apart, uint8_t *out)
{
    int points = (w + 2) / apart + 4;
    int sparse = (points + 3 * LANES) / (2 * LANES) * (2 * LANES), pitch = sparse * apart + 2 * LANES;
    float step = 2.0f / (float)(w < h ? w : h);
    float *memory = calloc((size_t)FIELDS * (3 * (size_t)pitch + 5 * (size_t)sparse), sizeof *memory);
    if (!memory) return -1;
    float *up = memory, *here = up + FIELDS * pitch, *down = here + FIELDS * pitch, *ring = down + FIELDS * pitch;
    Source source = {sheet, w, h, apart, pitch, points, sparse, ring, ring + 4 * FIELDS * sparse, -1000};
    pixel_row(&source, first - 1, up);
    pixel_row(&source, first, here);
    for (int y = first; y < last; y++) {
        pixel_row(&source, y + 1, down);
        uint8_t *to = out + (size_t)y * (size_t)w * 4;
        for (int x = 0; x < w; x += LANES) {
            I packed = shade(sheet, step, up + x, here + x, down + x, pitch);
            memcpy(to + (size_t)x * 4, &packed, (size_t)(w - x < LANES ? w - x : LANES) * 4);
        }
        float *spent = up;
        up = here, here = down, down = spent;
    }
    free(memory);
    return 0;
}
