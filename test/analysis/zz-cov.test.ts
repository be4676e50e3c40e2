import { it } from 'vitest';
import { analyseDiffusion } from '../../src/analysis/diffusion.ts';
import { quantile95 } from '../../src/numerics/student-t.ts';
import { randomWalk } from './walks.ts';
it('cov', () => {
 for (const [atoms, groups] of [[60,20],[60,60],[192,20],[24,20],[192,60],[192,10]]) {
  const seeds = 1500; const truth=3e-6; let m=0,s=0,a=0,ml=0,sl=0,as=0; let lowMiss=0, highMiss=0;
  for (let seed=0; seed<seeds; seed++){
    const { all } = analyseDiffusion(randomWalk({atoms, frames:31, frameIntervalFs:1000, diffusionCm2S:[truth,truth,truth]}, seed), {frameIntervalFs:1000, groups}).directions;
    const c=(e:any)=>Math.abs(e.diffusionCm2S-truth)<=quantile95(e.degreesOfFreedom)*e.standardErrorCm2S;
    const l=(e:any)=>Math.abs(Math.log(e.diffusionCm2S/truth))<=quantile95(e.degreesOfFreedom)*e.standardErrorCm2S/e.diffusionCm2S;
    const al=(e:any)=>e.alphaInterval[0]<=1&&e.alphaInterval[1]>=1;
    m+=+c(all.multipleOrigins); s+=+c(all.singleOrigin); ml+=+l(all.multipleOrigins); sl+=+l(all.singleOrigin); a+=+al(all.multipleOrigins); as+=+al(all.singleOrigin);
    if(all.multipleOrigins.alphaInterval![0]>1) highMiss++; if(all.multipleOrigins.alphaInterval![1]<1) lowMiss++;
  }
  console.log(atoms,groups,[m,s,ml,sl,a,as].map(x=>(x/seeds).toFixed(3)).join(' '), lowMiss/seeds, highMiss/seeds);
 }
}, 200000);
