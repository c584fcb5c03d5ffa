# cmake -DOUT=FILE -DIN=a;b;c -P EmbedText.cmake: the texts of files, one after the other, as one C++ string literal (raw, in
# pieces that compilers take).
set(out "")
foreach(file ${IN})
  file(READ ${file} text)
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND out "R\"plx_text(${piece})plx_text\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
endforeach()
file(WRITE ${OUT} "${out}")
