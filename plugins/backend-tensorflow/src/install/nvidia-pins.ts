import type { Pin } from './pins.js';

/**
 * NVIDIA's libraries that TensorFlow's wheel lists in its extra `and-cuda`, 2.8 GB. They are proprietary: the user's pip
 * downloads them under NVIDIA's licence, and this package contains no part of them.
 */
export const nvidia: readonly Pin[] = [
  wheel('cublas', '12.9.3.13', {
    tag: 'manylinux_2_27_x86_64',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  }),
  wheel('cuda-cupti', '12.9.79', {
    tag: 'manylinux_2_25_x86_64',
    sha256: '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  }),
  wheel('cuda-nvcc', '12.9.86', {
    tag: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  }),
  wheel('cuda-nvrtc', '12.9.86', {
    tag: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  }),
  wheel('cuda-runtime', '12.9.79', {
    tag: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  }),
  wheel('cudnn', '9.28.0.42', {
    tag: 'manylinux_2_27_x86_64',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  }),
  wheel('cufft', '11.4.1.4', {
    tag: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  }),
  wheel('curand', '10.3.10.19', {
    tag: 'manylinux_2_27_x86_64',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  }),
  wheel('cusolver', '11.7.5.82', {
    tag: 'manylinux_2_27_x86_64',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  }),
  wheel('cusparse', '12.5.10.65', {
    tag: 'manylinux2014_x86_64.manylinux_2_17_x86_64',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  }),
  wheel('nccl', '2.32.3', {
    tag: 'manylinux_2_27_x86_64',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  }),
  wheel('nvjitlink', '12.9.86', {
    tag: 'manylinux2010_x86_64.manylinux_2_12_x86_64',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  }),
];

function wheel(library: string, version: string, { tag, sha256 }: { tag: string; sha256: string }): Pin {
  const name = `nvidia-${library}-cu12`;
  return { from: 'pypi', name, version, file: `${name.replaceAll('-', '_')}-${version}-py3-none-${tag}.whl`, sha256 };
}
