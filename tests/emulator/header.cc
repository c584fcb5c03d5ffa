// The text of emulated.cuh, taken in by the assembler.
asm(R"(
.section .rodata
.globl plx_emu_header
.hidden plx_emu_header
plx_emu_header:
.incbin ")" PLX_EMU_HEADER R"("
.byte 0
.text
)");
