// The tissue in 3-D, drawn by three. Colours are the colour map's own, without light, unless shading is asked for.

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DataTexture,
  DynamicDrawUsage,
  Group,
  LineBasicMaterial,
  LineSegments,
  LinearFilter,
  Mesh,
  PerspectiveCamera,
  Scene,
  ShaderMaterial,
  Vector2,
  Vector3,
  WebGLRenderer,
  DoubleSide,
  Raycaster,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';

import { anchor, follow } from './fibres.js';
import { pick, pointOf } from './pick.js';
import { apartDirection, goesWith, moved, sizeOf, tissueOf } from './scene.js';
import { START, TOOL_OPACITY } from './view.js';

const VERTEX = `
attribute float value;
varying float shown;
varying vec3 place;
void main() {
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  shown = value;
  place = seen.xyz;
  gl_Position = projectionMatrix * seen;
}`;

// A value that is none is written far below every number.
const FRAGMENT = `
uniform sampler2D map;
uniform float low, high, shading;
varying float shown;
varying vec3 place;
void main() {
  float t = clamp((shown - low) / (high - low), 0.0, 1.0);
  vec3 colour = texture2D(map, vec2((t * 255.0 + 0.5) / 256.0, 0.5)).rgb;
  if (shown < -1.0e37) colour = vec3(150.0 / 255.0);
  vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
  gl_FragColor = vec4(colour * mix(1.0, 0.5 + 0.5 * abs(normal.z), shading), 1.0);
}`;
const NONE = -3e38;

/** Whether this browser draws in 3-D; asked before three is, which reports the lack as an error. */
export function hasWebGL() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return Boolean(context);
}

export class Stage {
  constructor(canvas, scene, changed) {
    Object.assign(this, { canvas, scene, changed, apart: apartDirection(scene), points: moved(scene, 0, 1) });
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.ends = [scene.positions, moved(scene, scene.times.values.length - 1, 1)];
    this.size = sizeOf(this.ends.flatMap((points) => Array.from(points)));
    this.world = new Scene();
    this.camera = new PerspectiveCamera(30, 1, this.size.radius / 100, this.size.radius * 100);
    this.camera.up.set(0, 0, 1);
    this.material = colouring();
    this.toolMaterial = toolMaterial();
    this.edgeMaterial = new LineBasicMaterial({ color: 0x000000, transparent: true, opacity: 0.28 });
    this.layers = scene.layers.map((layer, i) => this.#layer(layer, i));
    this.#listen();
    this.reset();
  }

  #listen() {
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enableZoom = false; // the wheel scrolls the page until the picture has been chosen
    this.canvas.addEventListener('focus', () => {
      this.controls.enableZoom = true;
    });
    this.canvas.addEventListener('blur', () => {
      this.controls.enableZoom = false;
    });
    let held = false;
    this.controls.addEventListener('start', () => {
      held = true;
    });
    this.controls.addEventListener('end', () => {
      held = false;
    });
    this.controls.addEventListener('change', () => {
      this.turned ||= held; // a click alone turns nothing
      this.draw();
    });
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  #layer(layer, i) {
    const group = new Group(),
      surface = new BufferGeometry(),
      lines = new BufferGeometry();
    surface.setAttribute('position', changing(9 * layer.triangles.length, 3));
    surface.setAttribute('value', changing(3 * layer.triangles.length, 1));
    lines.setAttribute('position', changing(6 * layer.edges.length, 3));
    const mesh = new Mesh(surface, layer.tool ? this.toolMaterial : this.material),
      edges = new LineSegments(lines, this.edgeMaterial);
    mesh.frustumCulled = edges.frustumCulled = false;
    group.add(mesh, edges);
    this.world.add(group);
    return { ...layer, group, mesh, edges, fibres: [], with: goesWith(this.scene, i, this.apart) };
  }

  /** Families of a layer as [{points, directions}], unpacked. */
  addFibres(layer, families) {
    const part = this.layers[layer];
    const vertices = [...new Set(part.triangles.flatMap((t) => [0, 1, 2].map((c) => this.scene.index[3 * t + c])))];
    families.forEach(({ points, directions }) => {
      const anchored = anchor(this.scene, vertices, points, directions),
        geometry = new BufferGeometry();
      geometry.setAttribute('position', changing(anchored.ends.length, 3));
      const lines = new LineSegments(geometry, fibreMaterial(anchored.reach));
      lines.frustumCulled = false;
      part.fibres.push({ lines, anchored });
      part.group.add(lines);
    });
  }

  /** Draws as `look` says: {step, view, opened, scale, times, apart, hidden, edges, fibres, shading}. */
  show(look) {
    const moves = look.apart !== this.shownApart && !this.turned;
    this.shownApart = look.apart;
    this.look = look;
    moved(this.scene, look.step, look.times, this.points);
    const { map, low, high } = look.scale,
      { uniforms } = this.material;
    uniforms.map.value = map.texture ??= textureOf(map);
    uniforms.low.value = low;
    uniforms.high.value = high;
    uniforms.shading.value = look.shading ? 1 : 0;
    this.layers.forEach((layer, i) => this.#place(layer, i));
    moves ? this.reset() : this.draw();
  }

  #place(layer, i) {
    const { look } = this,
      gap = this.#gap(layer.with);
    layer.group.visible = !look.hidden.has(i);
    layer.group.position.set(...this.apart.map((value) => value * gap));
    layer.edges.visible = look.edges && !layer.tool;
    if (!layer.group.visible) return;
    this.#fillSurface(layer);
    fillLines(layer.edges.geometry, layer.edges_of ?? (layer.edges_of = this.#edgeEnds(i)), this.points);
    for (const { lines, anchored } of layer.fibres) {
      lines.visible = look.fibres;
      const position = lines.geometry.getAttribute('position');
      if (look.fibres) follow(this.scene, anchored, this.points, position.array);
      position.needsUpdate = true;
    }
  }

  #edgeEnds(i) {
    return this.scene.layers[i].edges.flatMap((e) => [this.scene.edges[2 * e], this.scene.edges[2 * e + 1]]);
  }

  #fillSurface({ triangles, mesh }) {
    const { index } = this.scene,
      { view, opened, step } = this.look,
      { points } = this;
    const position = mesh.geometry.getAttribute('position'),
      value = mesh.geometry.getAttribute('value');
    let k = 0;
    for (const t of triangles) {
      for (let c = 0; c < 3; c++, k++) {
        const v = index[3 * t + c],
          number = opened.at(step, view.on === 'triangles' ? t : v);
        for (let a = 0; a < 3; a++) position.array[3 * k + a] = points[3 * v + a];
        value.array[k] = Number.isNaN(number) ? NONE : number;
      }
    }
    position.needsUpdate = value.needsUpdate = true;
  }

  /** The place in the tissue seen at a point of the picture, -1 to 1 both ways; null where there is none. */
  pickAt(x, y) {
    const caster = new Raycaster();
    caster.setFromCamera(new Vector2(x, y), this.camera);
    const parts = this.layers.flatMap((layer, i) =>
      this.look.hidden.has(i) || layer.tool
        ? []
        : [
            {
              triangles: layer.triangles,
              layer: i,
              offset: layer.group.position.toArray(),
            },
          ],
    );
    return pick(parts, this.scene.index, this.points, caster.ray.origin.toArray(), caster.ray.direction.toArray());
  }

  /** Where a picked place is now in the picture, as shares of its width and height from the top left. */
  spotOf(place) {
    const at = new Vector3(...pointOf(this.scene.index, this.points, place));
    at.add(this.layers[place.layer].group.position).project(this.camera);
    return [(at.x + 1) / 2, (1 - at.y) / 2];
  }

  /** From where it is seen first, all of it in the picture. */
  reset() {
    const towards = new Vector3(...START).normalize();
    this.turned = false;
    this.controls.target.set(...this.size.centre);
    this.camera.position.copy(this.controls.target).addScaledVector(towards, this.#distance(towards));
    this.controls.update();
    this.draw();
  }

  /** How far away the camera sees every point, before loading and at the end, layers as far apart as they are. */
  #distance(towards) {
    const tall = 0.88 * Math.tan((this.camera.fov / 2) * (Math.PI / 180)),
      wide = tall * this.camera.aspect;
    const right = new Vector3(0, 0, 1).cross(towards).normalize(),
      up = towards.clone().cross(right),
      gap = this.#gap(tissueOf(this.scene).length - 1);
    const shifts = gap ? [-gap, gap] : [0],
      point = new Vector3();
    let most = this.size.radius / 10;
    for (const points of this.ends) {
      for (let i = 0; i < points.length; i += 3) {
        for (const shift of shifts) {
          point.set(...[0, 1, 2].map((a) => points[i + a] - this.size.centre[a] + shift * this.apart[a]));
          const [x, y] = [Math.abs(point.dot(right)) / wide, Math.abs(point.dot(up)) / tall];
          most = Math.max(most, Math.max(x, y) + point.dot(towards));
        }
      }
    }
    return most;
  }

  /** How far the layer has gone along the line on which layers are taken apart. */
  #gap(layer) {
    return (this.look?.apart ?? 0) * this.size.radius * (layer - (tissueOf(this.scene).length - 1) / 2);
  }

  /** Goes around the tissue by angles [rad] and nearer or farther by a factor. */
  turn(around, up, nearer = 1) {
    this.turned = true;
    const away = this.camera.position.clone().sub(this.controls.target);
    const polar = Math.min(Math.max(Math.acos(away.z / away.length()) - up, 0.01), Math.PI - 0.01);
    const azimuth = Math.atan2(away.y, away.x) + around,
      distance = away.length() * nearer;
    away.set(Math.sin(polar) * Math.cos(azimuth), Math.sin(polar) * Math.sin(azimuth), Math.cos(polar));
    this.camera.position.copy(this.controls.target).addScaledVector(away, distance);
    this.controls.update();
    this.draw();
  }

  /** Lines that can be seen on the page's background. */
  ink(colour) {
    this.edgeMaterial.color = new Color(colour);
    this.draw();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.sized = true;
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    this.turned ? this.draw() : this.reset();
  }

  draw() {
    if (!this.look || !this.sized) return;
    this.renderer.render(this.world, this.camera);
    this.changed();
  }

  dispose() {
    this.controls.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}

const changing = (length, size) => new BufferAttribute(new Float32Array(length), size).setUsage(DynamicDrawUsage);

function colouring() {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { map: { value: null }, low: { value: 0 }, high: { value: 1 }, shading: { value: 0 } },
    side: DoubleSide,
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  });
}

/** Tools are clear, so that what they press on is seen; brighter where they face whoever looks. */
function toolMaterial() {
  return new ShaderMaterial({
    vertexShader: `varying vec3 place;
      void main() {
        vec4 seen = modelViewMatrix * vec4(position, 1.0);
        place = seen.xyz;
        gl_Position = projectionMatrix * seen;
      }`,
    fragmentShader: `varying vec3 place;
      void main() {
        vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
        gl_FragColor = vec4(vec3(0.25 + 0.5 * abs(normal.z)), ${TOOL_OPACITY.toFixed(2)});
      }`,
    transparent: true,
    depthWrite: false,
  });
}

/** Fibres run inside the tissue; they are drawn nearer by `reach`, as if its surface before them were clear. */
function fibreMaterial(reach) {
  return new ShaderMaterial({
    vertexShader: `uniform float reach;
      void main() {
        vec4 seen = modelViewMatrix * vec4(position, 1.0);
        gl_Position = projectionMatrix * seen;
        vec4 nearer = projectionMatrix * vec4(seen.xyz * (1.0 - reach / length(seen.xyz)), 1.0);
        gl_Position.z = nearer.z / nearer.w * gl_Position.w;
      }`,
    fragmentShader: 'void main() { gl_FragColor = vec4(0.0, 0.0, 0.0, 0.85); }',
    uniforms: { reach: { value: 1.3 * reach } },
    transparent: true,
  });
}

function textureOf(map) {
  const texture = new DataTexture(map, map.length / 4, 1);
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

function fillLines(geometry, ends, points) {
  const position = geometry.getAttribute('position');
  ends.forEach((v, k) => {
    for (let a = 0; a < 3; a++) position.array[3 * k + a] = points[3 * v + a];
  });
  position.needsUpdate = true;
}
