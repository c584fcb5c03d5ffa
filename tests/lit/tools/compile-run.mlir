// One model by every road gives the same bytes: in this process, from the cache, as a library, as an executable, as an
// object linked by a C compiler.
// REQUIRES: plexus
// RUN: rm -rf %t && mkdir %t
// RUN: plexus run %s --no-cache --seed 3 --dim n=5 --output-dir %t/session
// RUN: plexus run %s --cache-dir %t/cache --seed 3 --dim n=5 --output-dir %t/cold
// RUN: ls %t/cache | count 1
// RUN: plexus run %s --cache-dir %t/cache --seed 3 --dim n=5 --output-dir %t/warm
// RUN: cmp %t/session/y.npy %t/cold/y.npy && cmp %t/session/y.npy %t/warm/y.npy
// RUN: plexus compile %s -o %t/model.so && plexus compile %s -o %t/model && plexus compile %s -o %t/model.o
// RUN: plexus run %t/model.so --seed 3 --dim n=5 --output-dir %t/library
// RUN: cmp %t/session/y.npy %t/library/y.npy
// RUN: plexus compile %s -o %t/shared.so --runtime shared
// RUN: plexus run %t/shared.so --seed 3 --dim n=5 --output-dir %t/shared
// RUN: cmp %t/session/y.npy %t/shared/y.npy
// RUN: plexus run %s --no-cache --input x=%t/session/y.npy --output-dir %t/a
// RUN: %t/model --input x=%t/session/y.npy --output-dir %t/b
// RUN: cmp %t/a/y.npy %t/b/y.npy
// RUN: plexus diff %s --dim n=5 | FileCheck %s --check-prefix=DIFF
// DIFF: 0 of 0 values and 0 of 1 outputs differ

// The text of the stages.
// RUN: plexus compile %s -o %t/text --emit mlir && FileCheck %s --check-prefix=MLIR --input-file %t/text
// RUN: plexus compile %s -o %t/text --emit llvm && FileCheck %s --check-prefix=LLVM --input-file %t/text
// RUN: plexus compile %s -o %t/text --emit asm && FileCheck %s --check-prefix=ASM --input-file %t/text
// MLIR: plx.program @main
// LLVM: define {{.*}} @plx_module_run
// ASM: plx_module_run:

// A file of another name and type is refused, by name.
// RUN: not plexus run %s --no-cache --input z=%t/session/y.npy 2>&1 | FileCheck %s --check-prefix=NAME --match-full-lines
// NAME: error: --input z={{.*}}/session/y.npy: there is no input 'z'; the inputs are 'x' f32[n, 4]
// RUN: not plexus run %s --no-cache --dim m=5 2>&1 | FileCheck %s --check-prefix=DIM --match-full-lines
// DIM: error: --dim m: the model has no symbolic dim of this name; the inputs are 'x' f32[n, 4]

// A damaged entry is compiled anew.
// RUN: sh -c 'for f in %t/cache/*.so; do printf x | dd of=$f bs=1 seek=100 conv=notrunc; done' 2>/dev/null
// RUN: plexus run %s --cache-dir %t/cache --seed 3 --dim n=5 --output-dir %t/again
// RUN: cmp %t/session/y.npy %t/again/y.npy

func.func @main(%x: tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "x"})
    -> (tensor<?x4xf32, #plx.dims<[n, 4]>> {plx.name = "y"}) {
  %y = plx.pointwise exp(%x) : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  return %y : tensor<?x4xf32, #plx.dims<[n, 4]>>
}
