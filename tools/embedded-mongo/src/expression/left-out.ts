/** Expressions of the real server that the engine does not have: refused by name. Any other name is unknown to both. */
export const LEFT_OUT: ReadonlySet<string> = new Set(
  `$acos $acosh $allElementsTrue $anyElementTrue $arrayToObject $asin $asinh $atan $atan2 $atanh $binarySize $bitAnd
  $bitNot $bitOr $bitXor $bottom $bottomN $bsonSize $convert $cos $cosh $covariancePop $covarianceSamp   $dateFromParts $dateFromString $dateToParts   $degreesToRadians $denseRank $derivative $documentNumber $exp $expMovingAvg $firstN $function $getField   $indexOfArray $indexOfBytes $indexOfCP $integral $lastN $linearFill $ln $locf $log
  $log10 $ltrim $maxN $median $meta $minN $objectToArray $percentile $pow $radiansToDegrees
  $rand $range $rank $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $reverseArray $rtrim $sampleRate   $setDifference $setEquals $setField $setIntersection $setIsSubset $setUnion $shift $sin $sinh $sortArray $split $sqrt
  $strcasecmp $strLenBytes $strLenCP $substr $substrBytes $tan $tanh $toBool $toDate $toDecimal
  $toDouble $toHashedIndexKey $toInt $toLong $toObjectId $top $topN $trim $tsIncrement $tsSecond $unsetField   $zip $accumulator $push $addToSet $count $const`.split(
    /\s+/,
  ),
);
