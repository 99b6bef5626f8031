/** Expressions of the real server that the engine does not have: refused by name. Any other name is unknown to both. */
export const LEFT_OUT: ReadonlySet<string> = new Set(
  `$acos $acosh $allElementsTrue $anyElementTrue $arrayToObject $asin $asinh $atan $atan2 $atanh $avg $binarySize $bitAnd
  $bitNot $bitOr $bitXor $bottom $bottomN $bsonSize $convert $cos $cosh $covariancePop $covarianceSamp $dateAdd $dateDiff
  $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString $dateTrunc $dayOfMonth $dayOfWeek $dayOfYear
  $degreesToRadians $denseRank $derivative $documentNumber $exp $expMovingAvg $firstN $function $getField $hour
  $indexOfArray $indexOfBytes $indexOfCP $integral $isoDayOfWeek $isoWeek $isoWeekYear $lastN $linearFill $ln $locf $log
  $log10 $ltrim $maxN $median $meta $millisecond $minN $minute $month $objectToArray $percentile $pow $radiansToDegrees
  $rand $range $rank $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $reverseArray $rtrim $sampleRate $second
  $setDifference $setEquals $setField $setIntersection $setIsSubset $setUnion $shift $sin $sinh $sortArray $split $sqrt
  $stdDevPop $stdDevSamp $strcasecmp $strLenBytes $strLenCP $substr $substrBytes $tan $tanh $toBool $toDate $toDecimal
  $toDouble $toHashedIndexKey $toInt $toLong $toObjectId $top $topN $trim $tsIncrement $tsSecond $unsetField $week $year
  $zip $accumulator $push $addToSet $count $const`.split(/\s+/),
);
